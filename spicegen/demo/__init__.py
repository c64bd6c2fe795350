"""The packaged example: a published LSTM, a synthetic EEG, and recordings in its place."""
