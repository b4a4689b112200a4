"""Where the text of an SQL statement comes from: read off the program itself, without running it.

A statement is fixed when nothing but texts that stand in the program went into it, however they were put together. What
else went into it is named, for a person to look at.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

RUNS_SQL = ("execute", "executemany", "executescript")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, order=True)
class Foreign:
    """An expression in a statement of which nobody can tell by reading what it holds."""

    module: str
    expression: str


@dataclass(slots=True)
class _Scope:
    """Where an expression stands: the module, and the functions around it from the inside out."""

    module: "_Module"
    functions: tuple[Function, ...] = ()
    cls: ast.ClassDef | None = None


@dataclass(slots=True)
class _Module:
    name: str
    tree: ast.Module
    calls: list[tuple[ast.Call, _Scope]] = field(default_factory=list)


class Program:
    """All modules below a folder, parsed."""

    def __init__(self, folder: Path) -> None:
        self._modules = [
            _Module(str(path.relative_to(folder.parent)), ast.parse(path.read_text(encoding="utf-8")))
            for path in sorted(folder.rglob("*.py"))
        ]
        for module in self._modules:
            self._find_calls(module.tree, _Scope(module))
        self._trail: set[tuple[int, int]] = set()

    def statements(self) -> Iterator[tuple[str, int, frozenset[Foreign]]]:
        """Yield each place where SQL is run: module, line, and what in it does not stand in the program."""
        for module in self._modules:
            for call, scope in module.calls:
                if isinstance(call.func, ast.Attribute) and call.func.attr in RUNS_SQL and call.args:
                    self._trail.clear()
                    yield module.name, call.lineno, frozenset(self._foreign(call.args[0], scope))

    def _find_calls(self, node: ast.AST, scope: _Scope) -> None:
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, Function):
                inner = _Scope(scope.module, (child, *scope.functions), scope.cls)
            elif isinstance(child, ast.ClassDef):
                inner = _Scope(scope.module, scope.functions, child)
            elif isinstance(child, ast.Call):
                scope.module.calls.append((child, scope))
            self._find_calls(child, inner)

    def _foreign(self, node: ast.expr, scope: _Scope) -> Iterator[Foreign]:
        """Yield what of an expression is not fixed."""
        mark = (id(node), id(scope.functions[0]) if scope.functions else 0)
        if mark in self._trail:
            return
        self._trail.add(mark)
        match node:
            case ast.Constant():
                return
            case ast.JoinedStr(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                for part in parts:
                    yield from self._foreign(part, scope)
            case ast.FormattedValue(value=value) | ast.Starred(value=value):
                yield from self._foreign(value, scope)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._foreign(left, scope)
                yield from self._foreign(right, scope)
            case ast.BinOp(left=ast.Constant(), op=ast.Mult()):
                return  # As many question marks as there are values.
            case ast.BinOp(left=ast.List() as left, op=ast.Mult()):
                yield from self._foreign(left, scope)
            case ast.BinOp(left=ast.Constant(value=int()), right=ast.Constant(value=int())):
                return
            case ast.Call(func=ast.Name(id="len")):
                return
            case ast.Call(func=ast.Name(id="frozenset" | "next" | "sorted" | "tuple"), args=[several]):
                yield from self._foreign(several, scope)
            case ast.IfExp(body=one, orelse=other):
                yield from self._foreign(one, scope)
                yield from self._foreign(other, scope)
            case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"), args=[joined]):
                yield from self._foreign(joined, scope)
            case ast.Call(func=ast.Attribute(value=text, attr="format"), args=args, keywords=keywords):
                for part in (text, *args, *(keyword.value for keyword in keywords)):
                    yield from self._foreign(part, scope)
            case ast.GeneratorExp(elt=elt) | ast.ListComp(elt=elt):
                yield from self._foreign(elt, scope)
            case ast.Subscript(value=value):
                yield from self._foreign(value, scope)
            case ast.Dict(values=values):
                for value in values:
                    yield from self._foreign(value, scope)
            case ast.Name(id=name):
                yield from self._named(name, node, scope)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if scope.cls is not None:
                yield from self._attribute(name, node, scope)
            case _:
                yield Foreign(scope.module.name, ast.unparse(node))

    def _named(self, name: str, node: ast.expr, scope: _Scope) -> Iterator[Foreign]:
        for depth, function in enumerate(scope.functions):
            here = _Scope(scope.module, scope.functions[depth:], scope.cls)
            if (place := _parameter(function, name)) is not None:
                yield from self._given(function, place, name, node, here)
                return
            if values := list(_values(function, name)):
                for value in values:
                    if value is None:
                        yield Foreign(scope.module.name, ast.unparse(node))
                    else:
                        yield from self._foreign(value, here)
                return
        yield from self._constant(name, node, scope.module)

    def _constant(self, name: str, node: ast.expr, module: _Module) -> Iterator[Foreign]:
        """Yield what of a name of the module is not fixed; it may come from another module of ours."""
        for statement in module.tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    yield from self._foreign(value, _Scope(module))
                    return
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield from self._foreign(value, _Scope(module))
                    return
                case ast.ImportFrom(module=str() as origin, names=names) if any(
                    (each.asname or each.name) == name for each in names
                ):
                    path = f"{origin.replace('.', '/')}.py"
                    whole = next((m for m in self._modules if m.name == path), None)
                    if whole is not None:
                        theirs = next(each.name for each in names if (each.asname or each.name) == name)
                        yield from self._constant(theirs, node, whole)
                        return
        yield Foreign(module.name, ast.unparse(node))

    def _given(self, function: Function, place: int, name: str, node: ast.expr, scope: _Scope) -> Iterator[Foreign]:
        """Yield what is not fixed of all that callers give for a parameter."""
        called = scope.cls.name if function.name == "__init__" and scope.cls is not None else function.name
        method = bool(function.args.args) and function.args.args[0].arg in ("self", "cls")
        default = _default(function, name)
        found = False
        nested = len(scope.functions) > 1
        for module in self._modules:
            if (nested or called.startswith("_")) and module is not scope.module:
                continue
            for call, theirs in module.calls:
                if _name_of(call) != called or (nested and not isinstance(call.func, ast.Name)):
                    continue
                found = True
                given = next((k.value for k in call.keywords if k.arg == name), None)
                position = place - method
                if given is None and position < len(call.args):
                    given = call.args[position]
                if given is None and default is None:
                    yield Foreign(scope.module.name, ast.unparse(node))
                elif given is not None:
                    yield from self._foreign(given, theirs)
        if default is not None:
            yield from self._foreign(default, scope)
        if not found:
            yield Foreign(scope.module.name, ast.unparse(node))

    def _attribute(self, name: str, node: ast.expr, scope: _Scope) -> Iterator[Foreign]:
        assert scope.cls is not None
        found = False
        for function in scope.cls.body:
            if not isinstance(function, Function):
                continue
            for inner in ast.walk(function):
                match inner:
                    case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)], value=value):
                        if attr == name:
                            found = True
                            yield from self._foreign(value, _Scope(scope.module, (function,), scope.cls))
        if not found:
            yield Foreign(scope.module.name, ast.unparse(node))


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _parameter(function: Function, name: str) -> int | None:
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    if name in names:
        return names.index(name)
    return len(names) + 1000 if name in [each.arg for each in arguments.kwonlyargs] else None


def _default(function: Function, name: str) -> ast.expr | None:
    arguments = function.args
    usual = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults: Mapping[str, ast.expr | None] = {
        **dict(zip(reversed(usual), reversed(arguments.defaults), strict=False)),
        **{each.arg: value for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)},
    }
    return defaults.get(name)


def _values(function: Function, name: str) -> Iterator[ast.expr | None]:
    """Yield all that a local name is given; None for what comes out of something that cannot be read."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _matched(target, value, name)
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                yield value
            case ast.AugAssign(target=ast.Name(id=found), value=value) if found == name:
                yield value
            case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                yield value
            case ast.For(target=target, iter=several) | ast.comprehension(target=target, iter=several):
                yield from _each(target, several, name)


def _each(target: ast.expr, several: ast.expr, name: str) -> Iterator[ast.expr | None]:
    """Yield what a name is given by a loop over what stands there; over anything else, that it cannot be read."""
    if name not in _names(target):
        return
    if isinstance(several, ast.Tuple | ast.List):
        for value in several.elts:
            yield from _matched(target, value, name)
    elif isinstance(target, ast.Name):
        yield several
    else:
        yield None


def _matched(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr | None]:
    if isinstance(target, ast.Name):
        if target.id == name:
            yield value
    elif name in _names(target):
        if isinstance(value, ast.IfExp):
            yield from _matched(target, value.body, name)
            yield from _matched(target, value.orelse, name)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts, strict=True):
                yield from _matched(one, other, name)
        else:
            yield None


def _names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}
