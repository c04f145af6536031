# SPDX-License-Identifier: BSD-2-Clause
"""Each check passes on a small clean tree, and catches the violation planted in it."""
import json
import pathlib
import shutil
import subprocess

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"


def run(tool, *arguments, **options):
    return subprocess.run([TOOLS / tool, *map(str, arguments)], capture_output=True, text=True, **options)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def tree(tmp_path):
    write(tmp_path / "docs/layers.txt",
          "# rows\nbase : -\nos : base + uv\nssh : base\nssh/msg : base os/facts\n")
    write(tmp_path / "docs/shape-exceptions.txt", "# none\n")
    write(tmp_path / "docs/pure-imports.txt", "all : memcpy str*\nbase :\n")
    write(tmp_path / "src/base/bytes.c", '#include "base/bytes.h"\n#include <string.h>\n')
    return tmp_path


def compile_base(tree, source):
    """Builds build/src/libbase.a from the source text, as the real build does."""
    write(tree / "src/base/bytes.c", source)
    build = tree / "build"
    (build / "src").mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-O0", "-fno-builtin", "-c", tree / "src/base/bytes.c", "-o", build / "bytes.o"], check=True)
    subprocess.run(["ar", "rcs", build / "src/libbase.a", build / "bytes.o"], check=True)
    unit = {"file": "../src/base/bytes.c", "output": "bytes.o", "directory": str(build)}
    write(build / "compile_commands.json", json.dumps([unit]))
    return build


def test_layers_pass_when_each_include_is_listed(tree):
    write(tree / "src/ssh/msg/open.c", '#include "ssh/msg/open.h"\n#include "os/facts.h"\n')
    write(tree / "src/ssh/connection.c", '#include "ssh/msg/open.h"\n#include "base/bytes.h"\n')
    assert run("check-layers", tree).returncode == 0


@pytest.mark.parametrize("path, include", [
    ("src/base/bytes.c", '"ssh/connection.h"'),
    ("src/ssh/connection.c", '"os/loop.h"'),
    ("src/ssh/connection.c", "<openssl/evp.h>"),
    ("src/ssh/msg/open.c", '"os/loop.h"'),
    ("src/ssh/msg/open.c", '"ssh/connection.h"'),
    ("src/nowhere/new.c", '"base/bytes.h"'),
])
def test_layers_catch_an_include_that_is_not_listed(tree, path, include):
    write(tree / path, f"\n#include {include}\n")
    result = run("check-layers", tree)
    assert result.returncode == 1
    assert f"{path}:2: " in result.stdout and include.strip('"<>') in result.stdout


def test_symbols_pass_when_named_after_their_file(tree):
    build = compile_base(tree, "int bytes_len(void);\nint bytes_len(void) { return 0; }\nstatic int tail;\n"
                               "int *bytes_tail(void) { return &tail; }\n")
    assert run("check-symbols", build, tree).returncode == 0


def test_symbols_catch_a_name_of_another_file(tree):
    build = compile_base(tree, "int oops_tail(void) { return 0; }\n")
    result = run("check-symbols", build, tree)
    assert result.returncode == 1
    assert "src/base/bytes.c: exports oops_tail" in result.stdout


def test_symbols_catch_two_files_of_one_name(tree):
    build = compile_base(tree, "int bytes_len(void) { return 0; }\n")
    units = json.loads((build / "compile_commands.json").read_text())
    write(tree / "src/ssh/bytes.c", "")
    units.append({**units[0], "file": "../src/ssh/bytes.c"})
    write(build / "compile_commands.json", json.dumps(units))
    assert "src/base/bytes.c and src/ssh/bytes.c" in run("check-symbols", build, tree).stdout


def test_purity_passes_with_listed_imports(tree):
    build = compile_base(tree, "unsigned long strlen(const char *);\n"
                               "unsigned long bytes_len(const char *t) { return strlen(t); }\n")
    assert run("check-purity", build, tree).returncode == 0


def test_purity_catches_a_clock(tree):
    build = compile_base(tree, "long time(long *);\nlong bytes_now(void) { return time(0); }\n")
    result = run("check-purity", build, tree)
    assert result.returncode == 1
    assert "libbase.a: imports time" in result.stdout


def test_purity_catches_a_library_that_is_not_built(tree):
    (tree / "build").mkdir()
    assert run("check-purity", tree / "build", tree).returncode == 1


def test_shape_catches_a_long_function_and_a_long_file(tree):
    write(tree / "src/base/long.c", "int long_one(void)\n{\n" + "    ;\n" * 600 + "    return 0;\n}\n")
    result = run("check-shape", tree)
    assert result.returncode == 1
    assert "src/base/long.c: 604 lines" in result.stdout
    assert "long_one has 604 lines" in result.stdout


def test_shape_accepts_exceptions_and_catches_stale_ones(tree):
    write(tree / "src/base/long.c", "int long_one(void)\n{\n" + "    ;\n" * 70 + "    return 0;\n}\n")
    write(tree / "docs/shape-exceptions.txt", "src/base/long.c:long_one one switch\n")
    assert run("check-shape", tree).returncode == 0
    write(tree / "src/base/long.c", "")
    assert "is not needed" in run("check-shape", tree).stdout


@pytest.mark.skipif(not shutil.which("clang-format"), reason="clang-format is not installed")
def test_format_catches_a_brace_in_the_wrong_place(tree):
    write(tree / ".clang-format", (TOOLS.parent / ".clang-format").read_text())
    write(tree / "good.c", "int good(void)\n{\n    return 0;\n}\n")
    write(tree / "bad.c", "int bad(void) { return 0; }\n")
    assert run("check-format", "good.c", cwd=tree).returncode == 0
    assert run("check-format", "bad.c", cwd=tree).returncode != 0


def test_states_are_drawn_from_their_table(tree):
    write(tree / "ident.def", 'STATE(DONE)\nMOVE(EXPECT_LINE, DONE,   "the line is complete")\n')
    assert 'EXPECT_LINE -> DONE [label="the line is complete"]' in run("graph-states", tree / "ident.def").stdout


@pytest.mark.parametrize("message, is_good", [
    ("ssh: refuse a second KEXINIT\n", True),
    ("tests/interop: add plink\n\nIt guesses differently.\n# a comment of git's that is much longer than the line may ever be, and goes on\n", True),
    ("Merge branch 'main'\n", True),
    ("refuse a second KEXINIT\n", False),
    ("ssh: refuse a second KEXINIT.\n", False),
    ("ssh: " + "x" * 60 + "\n", False),
    ("ssh: refuse a second KEXINIT\nat once\n", False),
    ("ssh: refuse a second KEXINIT\n\n" + "word " * 20 + "\n", False),
])
def test_commit_messages(tmp_path, message, is_good):
    write(tmp_path / "message", message)
    assert (run("hooks/commit-msg", tmp_path / "message").returncode == 0) == is_good


def test_a_commit_with_a_forbidden_include_is_stopped(tree):
    shutil.copytree(TOOLS, tree / "tools")
    for command in (["init", "-q"], ["config", "core.hooksPath", "tools/hooks"], ["config", "user.name", "T"],
                    ["config", "user.email", "t@example.org"]):
        subprocess.run(["git", *command], cwd=tree, check=True)
    write(tree / "src/base/bad.h", '#include "ssh/connection.h"\n')
    subprocess.run(["git", "add", "src/base/bad.h"], cwd=tree, check=True)
    result = subprocess.run(["git", "commit", "-qm", "base: plant"], cwd=tree, capture_output=True, text=True)
    assert result.returncode != 0
    assert "src/base/bad.h:1: base may not include" in result.stdout + result.stderr


def test_results_are_added_up(tmp_path):
    cmocka = "[  PASSED  ] 3 test(s).\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] one\n"
    programs = [{"name": "a", "result": "FAIL", "stdout": cmocka}, {"name": "crashed", "result": "FAIL"},
                {"name": "plain", "result": "OK", "stdout": ""}]
    write(tmp_path / "testlog.json", "\n".join(map(json.dumps, programs)))
    write(tmp_path / "pytest.xml", '<testsuites><testsuite tests="9" failures="1" errors="1" skipped="2"/></testsuites>')
    write(tmp_path / "ci.steps", "passed layout\nfailed clang\n")
    result = run("sum-results", *(tmp_path / name for name in ("testlog.json", "pytest.xml", "ci.steps")))
    assert result.stdout.splitlines()[-1] == "10 passed, 5 failed, 2 skipped"
    assert result.returncode == 1


def test_missing_results_are_a_failure(tmp_path):
    assert run("sum-results", tmp_path / "testlog.json").stdout.endswith("0 passed, 1 failed, 0 skipped\n")


def test_nothing_run_is_not_a_success(tmp_path):
    write(tmp_path / "ci.steps", "")
    assert run("sum-results", tmp_path / "ci.steps").returncode == 1
