"""The pages' own scripts, run by Node where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from tests.architecture.sources import CHECKOUT

COMPILER = CHECKOUT / "frontend" / "node_modules" / "typescript" / "lib" / "typescript.js"
RUN = """
const [compiler, path, given] = process.argv.slice(-3);
const ts = require(compiler);
const source = require("node:fs").readFileSync(path, "utf8");
const module = { exports: {} };
const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
const compiled = ts.transpileModule(source, { compilerOptions: options }).outputText;
new Function("exports", "require", compiled)(module.exports, (name) => stubs[name]);
Promise.resolve(run(module.exports, JSON.parse(given))).then((found) => console.log(JSON.stringify(found)));
"""


def run(path: str, program: str, given: object, stubs: str = "{}") -> Any:
    """What `program`, of (the module's exports, `given`), answers. `path`: below frontend/src. `stubs`: what
    the module imports, by name. Skips where there is no Node.
    """
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node on the PATH")
    if not COMPILER.exists():
        pytest.skip("the frontend's packages are not installed: `make frontend-check` installs them")
    script = f"const stubs = {stubs}; const run = {program};{RUN}"
    source = CHECKOUT / "frontend" / "src" / path
    command = [
        node, "--input-type=commonjs", "-e", script, str(COMPILER), str(source), json.dumps(given)
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
