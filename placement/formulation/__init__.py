"""The mathematics of docs/model.md: constraint families, objective levels, reading a plan back."""
