"""Reading the packaged YAML data strictly: unknown and doubled keys are errors, not surprises."""

from collections.abc import Hashable
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

Model = TypeVar("Model", bound=BaseModel)


class DataError(ValueError):
    """Packaged data that cannot be used; the text says which file and what is wrong, in plain words."""


class Record(BaseModel):
    """The base of all file models: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that refuses a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        doubled = {key for key in keys if keys.count(key) > 1}
        if doubled:
            raise DataError(f"{node.start_mark.name}: {'、'.join(sorted(doubled))} is written twice")
        result: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return result


def data_file(*path: str) -> Traversable:
    return files("checklists").joinpath(*path)


def data_files(folder: str) -> list[Traversable]:
    """All YAML files of a data folder in the order of their names."""
    found = [entry for entry in data_file(folder).iterdir() if entry.name.endswith(".yaml")]
    return sorted(found, key=lambda entry: entry.name)


def read(source: Traversable, model: type[Model]) -> Model:
    """The file as a validated model; DataError names the file, the place and the reason."""
    try:
        content = yaml.load(source.read_bytes(), Loader=_StrictLoader)  # noqa: S506 a safe loader, made stricter
        return model.model_validate(content)
    except yaml.YAMLError as error:
        raise DataError(f"{source.name}: {error}") from error
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise DataError(f"{source.name}: {places}") from error
