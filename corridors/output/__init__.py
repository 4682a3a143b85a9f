"""Result files and pages: the contract of comparison.json, CSV, GeoPackage, workbook, HTML."""
