"""The verdict of the installed `vllm-sr config validate` on many files, by one process of its own Python.

    python judge.py < texts.json > verdicts.json

A JSON list of YAML texts comes in, a list of lists goes out: what the command has to say of each; nothing where it
accepts the file. What it does at every start (imports, its own schema) is done once. 0.3 and 0.4 are judged alike.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import tempfile
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main() -> None:
    logging.disable(logging.CRITICAL)
    # The catalogue of models is half a megabyte of YAML; the reader in C takes it as the other one does.
    yaml: Any = import_module("yaml")
    yaml.safe_load = partial(yaml.load, Loader=yaml.CSafeLoader)
    parser: Any = import_module("cli.parser")
    validate: Any = import_module("cli.commands.validate")
    if find_spec("cli.config_schema"):
        _read_once()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        said = []
        for text in json.load(sys.stdin):
            path.write_text(text, encoding="utf-8")
            with contextlib.redirect_stderr(io.StringIO()):
                said.append(verdict(parser, validate, path))
    json.dump(said, sys.stdout)


def _read_once() -> None:
    schema: Any = import_module("cli.config_schema")
    validation: Any = import_module("cli.config_schema.validation")
    once = lru_cache(maxsize=1)(schema.schema_document)
    schema.schema_document = validation.schema_document = once
    checker = lru_cache(maxsize=1)(lambda: type_(once()))
    type_ = validation.ConfigSchemaValidator
    validation.ConfigSchemaValidator = lambda _: checker()


def verdict(parser: Any, validate: Any, path: Path) -> list[str]:
    """As `validate_command` does; before 0.4 it takes no options and knows no catalogue of providers."""
    newer = hasattr(validate, "_provider_projection_errors")
    options = {"log_summary": False} if newer else {}
    try:
        config = parser.parse_user_config(str(path), **options)
        errors = validate.validate_user_config(config, **options)
        if newer and not errors:
            errors = validate._provider_projection_errors(config)
    except parser.ConfigParseError as error:
        return [str(error)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # it ends with a traceback
        return [repr(error)]
    return [str(each) for each in errors]


if __name__ == "__main__":
    main()
