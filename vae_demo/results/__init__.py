"""What was measured: records of plain numbers that save to JSON and load back; whoever draws reads these."""
