"""Recordings: what a host hears, in a file, without any front end."""

from __future__ import annotations

from .har_recording import HarRecording as HarRecording
from .part_file import PartFile as PartFile
from .part_file import RecordingError as RecordingError
from .recording import Recording as Recording
from .recording import Tally as Tally
from .trace_recording import TraceRecording as TraceRecording
