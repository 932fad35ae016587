"""Who is measured: the peers and what each is asked, the least that can be done, and ourselves."""

from benchmarks.programs import Program

_NUMBERS = ("numpy==2.4.6", "pandas==3.1.1", "pyarrow==26.0.1", "scipy==1.17.1")
_FROUROS = ("frouros==0.9.0", "pandas==3.1.1", "pyarrow==26.0.1")
_NANNYML = ("nannyml==0.13.1", "pyarrow==26.0.1", "statsmodels")  # It does not ask for the last.
_EVIDENTLY = ("evidently==0.7.23", "pandas==2.3.3", "pyarrow==26.0.1")
_ALIBI_DETECT = ("alibi-detect==0.13.0", "pyarrow==21.0.0")  # It needs an older NumPy.

SCIPY = Program("drift.peers.scipy", "every", _NUMBERS)
FROUROS = Program("drift.peers.frouros", "every", _FROUROS)
NANNYML = Program("drift.peers.nannyml", "every", _NANNYML)
NANNYML_DEFAULT = Program("drift.peers.nannyml", "default", _NANNYML)
EVIDENTLY = Program("drift.peers.evidently", "every", _EVIDENTLY)
EVIDENTLY_DEFAULT = Program("drift.peers.evidently", "default", _EVIDENTLY)
ALIBI_DETECT = Program("drift.peers.alibi_detect", "default", _ALIBI_DETECT)

PEERS = (
    SCIPY,
    FROUROS,
    NANNYML,
    NANNYML_DEFAULT,
    EVIDENTLY,
    EVIDENTLY_DEFAULT,
    ALIBI_DETECT,
)

SORTING = Program("drift.floors.sort", "every")
COUNTING = Program("drift.floors.count", "every")
OURS = Program("drift.ours", "every")
