"""What spicegen costs and how accurate it is, measured: one file per benchmark."""
