"""The JSON Schemas of every machine-readable output.

In: a schema's name. Out: a check that names the offending value.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parent / "schemas"


@cache
def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def faults(name: str, value: Any) -> list[str]:
    """What in a value is against the schema: the place and the words."""
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(value)]
