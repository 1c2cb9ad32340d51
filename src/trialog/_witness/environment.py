"""What a run ran in: Python and its packages, the machine, where it was put, and variables."""

from __future__ import annotations

import fnmatch
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trialog import _machine
from trialog._redaction import REDACTED, redact, redact_argument, says_secret
from trialog._witness.hardware import read_gpus, read_hardware
from trialog._witness.origin import Origin
from trialog._witness.packages import read_packages
from trialog._witness.placement import read_placement
from trialog._writing.identity import user_name

_KEPT_VARIABLES = (
    # Python and where it is from
    "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH",
    "PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONUNBUFFERED", "PYTHONMALLOC", "PYTHONFAULTHANDLER",
    "PYTHON_GIL", "LANG", "LC_ALL", "TZ",
    # processors and memory
    "OMP_*", "MKL_*", "OPENBLAS_*", "GOTO_NUM_THREADS", "BLIS_NUM_THREADS", "NUMEXPR_*", "KMP_*",
    "GOMP_*", "VECLIB_MAXIMUM_THREADS", "MALLOC_*", "LD_PRELOAD", "LD_LIBRARY_PATH",
    # GPUs and what computes on them
    "CUDA_*", "NVIDIA_VISIBLE_DEVICES", "NVIDIA_TF32_OVERRIDE", "CUBLAS_*", "CUDNN_*", "NCCL_*",
    "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "HSA_OVERRIDE_GFX_VERSION", "TPU_*",
    "PYTORCH_*", "TORCH_*", "TORCHINDUCTOR_*", "TORCHDYNAMO_*", "TORCHELASTIC_*", "TRITON_*",
    "XLA_*", "JAX_*", "LIBTPU_*", "TF_CONFIG", "TF_CPP_*", "TF_GPU_*", "TF_XLA_FLAGS", "TF_FORCE_*",
    "TF_ENABLE_*", "TF_NUM_*", "TF_DETERMINISTIC_OPS", "TOKENIZERS_PARALLELISM",
    "HF_HOME", "HF_HUB_OFFLINE", "HF_DATASETS_CACHE", "TRANSFORMERS_*", "ACCELERATE_*",
    "DEEPSPEED_*", "FSDP_*",
    # launches
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "GROUP_RANK", "NODE_RANK",
    "MASTER_ADDR", "MASTER_PORT", "OMPI_COMM_WORLD_*", "PMI_RANK", "PMI_SIZE", "GLOO_*",
    "SLURM_*", "PBS_JOBID", "LSB_JOBID", "RAY_JOB_ID", "RAY_ADDRESS", "KUBERNETES_*",
    "HOSTNAME", "POD_NAME", "POD_NAMESPACE", "NODE_NAME", "TRIALOG_*",
)  # fmt: skip
_SECRETS = ("TRIALOG_HOOKS",)  # an address is all that guards many a webhook
_MAX_VARIABLES = 300
_MAX_LETTERS = 2_000


def read_environment(
    origin: Origin, environ: Mapping[str, str] | None = None
) -> dict[str, dict[str, Any]]:
    """The sections ``environment`` and ``packages``; what cannot be told is left out.

    Args:
        origin: the process.
        environ: its environment variables; the calling process has inherited them.
    """
    environ = os.environ if environ is None else environ
    host = _machine.host_name()
    section = {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "prefix": _prefix(),
        "host": host,
        "user": user_name(),
        "os": _operating_system(),
        "kernel": platform.release(),
        **read_hardware(origin.pid),
        **read_gpus(),
        **read_placement(origin.pid, environ, host=host),
    }
    known = redact({name: value for name, value in section.items() if value})
    known["variables"] = read_variables(environ)
    return {
        "environment": known,
        "packages": read_packages(origin.sys_path, origin.folder),
    }


def read_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that matter to a run, without secrets.

    ``TRIALOG_ENVIRON`` names more of them, with commas, as names or patterns (``MY_*``).
    """
    wanted = [each.strip() for each in environ.get("TRIALOG_ENVIRON", "").split(",")]
    patterns = [*_KEPT_VARIABLES, *filter(None, wanted)]
    names = sorted(
        name for name in environ if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    )
    return {_text(name): _value(name, environ[name]) for name in names[:_MAX_VARIABLES]}


def _value(name: str, value: str) -> str:
    if value and (name in _SECRETS or says_secret(name)):
        return REDACTED
    text = redact_argument(_text(value))
    return text if len(text) <= _MAX_LETTERS else f"{text[:_MAX_LETTERS]}…"


def _text(value: str) -> str:
    """Bytes that are no text are told as escapes."""
    return os.fsencode(value).decode("utf-8", "backslashreplace")


def _prefix() -> str:
    """Where the packages of this Python are; the witness runs without ``site``, which knows it."""
    folder = Path(sys.executable).parent.parent if sys.executable else None
    if folder is not None and (folder / "pyvenv.cfg").is_file():
        return str(folder)
    return sys.prefix


def _operating_system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.version()}".strip()
