"""Studies: many clips through many models, cut in many ways, one table; on one machine, or on a Ray cluster."""
