"""spicegen: a trained network becomes an analog memristor circuit, simulated and scored."""
