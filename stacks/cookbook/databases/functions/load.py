"""Fills a database with a little data to migrate. Running it again changes nothing."""

import json
import os
import ssl

import boto3
import pymysql

# The authorities of RDS, from a layer: not every runtime of Lambda knows them.
AUTHORITIES = "/opt/rds-ca.pem"

STATEMENTS = [
    "CREATE TABLE IF NOT EXISTS customers (id INT PRIMARY KEY, name VARCHAR(100) NOT NULL)",
    "CREATE TABLE IF NOT EXISTS orders (id INT PRIMARY KEY, customer INT NOT NULL, total DECIMAL(10, 2) NOT NULL)",
    "REPLACE INTO customers VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Edsger')",
    "REPLACE INTO orders VALUES (1, 1, 12.50), (2, 1, 7.99), (3, 2, 100.00), (4, 3, 0.42)",
]


def handler(_event, _context):
    with connect() as connection, connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement)
        counts = {}
        for table in ("customers", "orders"):
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            (counts[table],) = cursor.fetchone()
        return counts


def connect():
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_ARN"])
    login = json.loads(answer["SecretString"])
    return pymysql.connect(
        host=login["host"],
        port=int(login["port"]),
        user=login["username"],
        password=login["password"],
        database=login["dbname"],
        autocommit=True,
        connect_timeout=10,
        ssl=ssl.create_default_context(cafile=AUTHORITIES),
    )
