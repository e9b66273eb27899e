"""What the networks are asked to do: toy tasks, text and time series. numpy and pandas only, seeded."""
