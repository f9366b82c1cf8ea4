"""The rules of certificates: number, masked name, dates, codes and the four answers (R39–R42)."""
