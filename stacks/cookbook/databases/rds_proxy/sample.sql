CREATE TABLE IF NOT EXISTS customers (
    id INT PRIMARY KEY,
    name VARCHAR(100) NOT NULL
);
REPLACE INTO customers VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger');
