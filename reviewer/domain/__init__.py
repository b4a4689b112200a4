"""The words of the product as frozen records and enums, and what makes outside text safe to show."""
