"""Starts a program, the words after the first, in the way that the first names."""

import asyncio
import multiprocessing
import os
import runpy
import subprocess
import sys
import traceback

GIVEN = {"PATH": os.environ["PATH"], "ONLY": "this", "PYTHONPATH": "/nowhere"}


def run(words: list[str], **options: object) -> None:
    print(subprocess.run(words, check=False, **options).returncode)


def spawned(start: object, *given: object) -> None:
    print(os.waitstatus_to_exitcode(os.waitpid(start(*given), 0)[1]))


def forked(execute: object, *given: object) -> None:
    if (child := os.fork()) == 0:
        try:
            execute(*given)
        finally:
            os._exit(99)
    spawned(lambda: child)


def script(first_line: str, words: list[str]) -> None:
    with open("script", "w") as file:
        file.write(f"#!{first_line}\n" + open(words[1]).read())
    os.chmod("script", 0o755)
    run(["./script", *words[2:]])


def multi(method: str, words: list[str]) -> None:
    context = multiprocessing.get_context(method)
    child = context.Process(target=run_here, args=(words[1:],))
    child.start()
    child.join()
    print(child.exitcode)


def run_here(words: list[str]) -> None:
    sys.argv = words
    runpy.run_path(words[0], run_name="__main__")


async def asynchronous(words: list[str]) -> None:
    child = await asyncio.create_subprocess_exec(*words)
    print(await child.wait())


def fails(start: object, *given: object, **options: object) -> None:
    try:
        start(*given, **options)
    except Exception:
        print(traceback.format_exc())


def start(way: str, words: list[str]) -> None:
    python, *rest = words
    match way:
        case "run":
            run(words)
        case "bytes":
            run([os.fsencode(each) for each in words])
        case "environment":
            run(words, env=GIVEN)
        case "empty environment":
            run(words, env={})
        case "name":
            run(["python", *rest])
        case "executable":
            run(["python", *rest], executable=python)
        case "folder":
            run(words, cwd="/")
        case "relative":
            run([os.path.join(".", os.path.basename(python)), *rest], cwd=os.path.dirname(python))
        case "shell":
            run(" ".join(words), shell=True)
        case "open files":
            run(words, close_fds=False)
        case "session":
            run(words, start_new_session=True)
        case "asyncio":
            asyncio.run(asynchronous(words))
        case "script":
            script(python, words)
        case "script by env":
            script("/usr/bin/env python", words)
        case "spawnv":
            print(os.spawnv(os.P_WAIT, python, words))
        case "spawnlpe":
            print(os.spawnlpe(os.P_WAIT, "python", *words, GIVEN))
        case "posix_spawn":
            spawned(os.posix_spawn, python, words, os.environ)
        case "posix_spawnp":
            spawned(os.posix_spawnp, "python", words, GIVEN)
        case "fork and execv":
            forked(os.execv, python, words)
        case "fork and execvpe":
            forked(os.execvpe, "python", words, GIVEN)
        case "execv":
            sys.stdout.flush()
            os.execv(python, words)
        case "execve":
            sys.stdout.flush()
            os.execve(path=python, argv=words, env=GIVEN)
        case "spawn" | "forkserver":
            multi(way, words)
        case "mistakes":
            fails(os.execv, "/nowhere/python", words)
            fails(os.execv, python)
            fails(os.execv, python, [])
            fails(os.execvp, "no-such-program", ["it"])
            fails(os.execve, python, words, {"a=b": "c"})
            fails(os.posix_spawn, "/nowhere/python", words, {})
            fails(os.posix_spawn, python, words, os.environ, group=1)
            fails(subprocess.run, ["/nowhere/python"])
            fails(subprocess.run, [])
            fails(subprocess.run, [python, 5])
            fails(subprocess.run, words, env={"a=b": "c"})
            fails(subprocess.run, words, cwd="/nowhere")


if __name__ == "__main__":
    before = dict(os.environ)
    start(sys.argv[1], sys.argv[2:])
    print(os.environ == before)
