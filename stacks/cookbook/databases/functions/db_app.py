"""An application behind a proxy: runs a file of SQL from the bucket, and says what the database knows of it."""

import os

import boto3
import pymysql

# The authorities that Lambda's runtimes trust: Amazon's, which sign certificates of proxies, are among them.
AUTHORITIES = "/etc/pki/tls/cert.pem"


def handler(event, _context):
    with connect() as connection, connection.cursor() as cursor:
        for statement in statements(event.get("file")):
            cursor.execute(statement)
        cursor.execute("SELECT CURRENT_USER(), VERSION()")
        user, version = cursor.fetchone()
        cursor.execute("SHOW TABLES")
        return {"user": user, "version": version, "tables": [name for (name,) in cursor.fetchall()]}


def connect():
    """A connection through the proxy. The password is a token that this function's role signs, good for 15 minutes."""
    host, port, user = os.environ["DB_HOST"], int(os.environ["DB_PORT"]), os.environ["DB_USER"]
    token = boto3.client("rds").generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
    return pymysql.connect(
        host=host,
        port=port,
        user=user,
        password=token,
        database=os.environ["DB_NAME"],
        autocommit=True,
        connect_timeout=10,
        ssl_ca=AUTHORITIES,
        ssl_verify_cert=True,
        ssl_verify_identity=True,
    )


def statements(file):
    """The statements of a file, each ending with `;` at the end of a line."""
    if not file:
        return []
    body = boto3.client("s3").get_object(Bucket=os.environ["BUCKET"], Key=file)["Body"].read().decode()
    return [statement.strip() for statement in body.split(";\n") if statement.strip()]
