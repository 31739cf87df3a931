SELECT COUNT(*) AS rows_of_file FROM prices -- all of them
