#!/usr/bin/env python3
"""`cmake --install` and the Debian package: what they hold, and that the installed program runs."""
import subprocess

import support
from support import hullcheck


def done(*command, **kwargs):
    answer = subprocess.run([str(word) for word in command], capture_output=True, text=True, **kwargs)
    assert answer.returncode == 0, f"{command}: {answer.stdout[-2000:]}{answer.stderr[-2000:]}"
    return answer.stdout


def installed_tree():
    place = support.scratch() / "place"
    done("cmake", "--install", support.BUILD, env={"DESTDIR": str(place), "PATH": "/usr/bin:/bin"})
    program = place / "usr/local/bin/hullcheck"
    assert done(program, "--version") == hullcheck("--version").out
    for name in ("doc/hullcheck/copyright", "doc/hullcheck/report-schema.json", "bash-completion/completions/hullcheck",
                 "zsh/site-functions/_hullcheck", "fish/vendor_completions.d/hullcheck.fish"):
        assert (place / "usr/local/share" / name).stat().st_size > 100, name


def debian_package():
    support.need_tool("dpkg-shlibdeps")
    place = support.scratch() / "packed"
    done("cpack", "-G", "DEB", "-B", place, "--config", support.BUILD.resolve() / "CPackConfig.cmake", cwd=support.scratch())
    package = next(place.glob("*.deb"))
    control = done("dpkg-deb", "-f", package)
    assert "Package: hullcheck" in control and "libisal2" in control and "libc6" in control, control
    done("dpkg-deb", "-x", package, support.scratch() / "unpacked")
    completion = support.scratch() / "unpacked/usr/share/zsh/vendor-completions/_hullcheck"
    assert completion.read_text().startswith("#compdef"), "where zsh of Debian looks for it"
    assert done(support.scratch() / "unpacked/usr/bin/hullcheck", "--version") == hullcheck("--version").out


support.run(installed_tree, debian_package)
