"""The types of arrays: to name them, and to import all of judgement, loads no numpy."""

import subprocess
import sys

CODE = """
import pkgutil, sys
import reviewer.judgement
names = [module.name for module in pkgutil.iter_modules(reviewer.judgement.__path__)]
for name in names:
    __import__(f"reviewer.judgement.{name}")
print(len(names) > 20, {"numpy", "scipy"} & set(sys.modules))
"""


def test_nothing_heavy_is_loaded_before_a_figure_is_asked_for() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True set()"
