"""Papers and files for people: records, invitations and lists, made from values, without database or Telegram."""
