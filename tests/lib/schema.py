"""Our own JSON against docs/schema.json."""
import json
import pathlib

SCHEMA = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "schema.json"


def strict(schema):
    """The published schema lets members be added; our own output must not hold one that it does not name."""
    if isinstance(schema, dict):
        schema = {key: strict(value) for key, value in schema.items()}
        if schema.get("type") == "object" and "properties" in schema:
            schema["additionalProperties"] = False
        return schema
    return [strict(item) for item in schema] if isinstance(schema, list) else schema


def validator():
    """None, and a word about it, where python3-jsonschema is missing."""
    try:
        import jsonschema  # pylint: disable=import-outside-toplevel
    except ImportError:
        print("python3-jsonschema is missing: outputs are not validated")
        return None
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(strict(schema), format_checker=jsonschema.FormatChecker())


def faults(document, validate):
    """What is wrong with it, a line each."""
    found = validate.iter_errors(document) if validate is not None else ()
    return [f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]
