"""The viewer's own description of its interface, made sharper for one root, and the fuzzer that tries it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from commands import get

_FUZZER = Path(sys.executable).parent / "schemathesis"
# positive_data_acceptance would have every combination of parameters accepted; some exclude each other (docs/http.md §2).
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,negative_data_rejection,unsupported_method,allow_header_conformance"
)


def description(address, known):
    """The description with known values for some parameters, which random texts would never hit.

    ``known`` is {parameter: values}; half of what is generated for it is one of these.
    """
    document = get(address, "/api/v1/openapi.json")
    for path in document["paths"].values():
        for parameter in path["get"]["parameters"]:
            values = known.get(parameter.get("name"))
            schema = parameter.get("schema", {})
            if values and schema.get("type") == "array":
                schema["items"] = {"anyOf": [{"enum": values}, schema["items"]]}
            elif values:
                parameter["schema"] = {"anyOf": [{"enum": values}, schema]}
            parameter.pop("example", None)
    # Its answer has no end.
    del document["paths"]["/api/v1/events"]
    return document


def fuzz(address, document, folder, examples, seed, timeout):
    """Tries the interface and returns (exit code, output, how many requests were made)."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(document))
    done = subprocess.run(
        [_FUZZER, "--no-color", "run", file, "--url", address, "--checks", _CHECKS, "--max-examples", str(examples), "--seed", str(seed),
         "--continue-on-failure", "--generation-database", "none", "--request-timeout", "30", "--suppress-health-check", "all",
         "--phases", "examples,coverage,fuzzing"],
        capture_output=True, text=True, cwd=folder, timeout=timeout, env={**os.environ, "COLUMNS": "200"},
    )
    found = re.search(r"([\d,]+) generated", done.stdout)
    return done.returncode, done.stdout + done.stderr, int(found[1].replace(",", "")) if found else 0
