"""What a period will bring: arithmetic on the company's own deals, days as whole numbers, money in cents."""
