"""Outside file formats, one module each: recognise, plan, read."""
