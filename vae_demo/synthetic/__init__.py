"""Sample clips drawn by this project: each makes one kind of error readable by eye or by machine."""

from vae_demo.synthetic.barcode import read_frame_number
from vae_demo.synthetic.builders import numbered, single_flash
from vae_demo.synthetic.samples import SAMPLES, Sample, render, render_frame

__all__ = ["SAMPLES", "Sample", "numbered", "read_frame_number", "render", "render_frame", "single_flash"]
