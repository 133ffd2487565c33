"""Exchanges the password of a MySQL user: the four steps that Secrets Manager asks for, each safe to be asked for again.

Rule: the AWS Secrets Manager user guide, "Lambda rotation functions".
"""

import json
import logging
import ssl

import boto3
import pymysql

# The authorities of RDS, from a layer: not every runtime of Lambda knows them.
AUTHORITIES = "/opt/rds-ca.pem"

# What RDS refuses in passwords, and what shells and addresses stumble over.
EXCLUDED = " %+~`#$&*()|[]{}:;<>?!'/@\"\\"

ACCESS_DENIED = 1045

log = logging.getLogger()
log.setLevel(logging.INFO)
secrets = boto3.client("secretsmanager")


def handler(event, _context):
    secret, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    about = secrets.describe_secret(SecretId=secret)
    stages = about["VersionIdsToStages"].get(version)
    if not about.get("RotationEnabled"):
        raise ValueError("the secret is not rotated")
    if stages is None:
        raise ValueError("the secret has no such version")
    if "AWSCURRENT" in stages:
        log.info("%s: the version is the current one already", step)
        return
    if "AWSPENDING" not in stages:
        raise ValueError("the version is not the next one")
    STEPS[step](secret, version)
    log.info("%s: done", step)


def create(secret, version):
    """Makes the next password, and keeps it as the pending version."""
    if read(secret, "AWSPENDING", version):
        return
    login = read(secret, "AWSCURRENT")
    password = secrets.get_random_password(PasswordLength=30, ExcludeCharacters=EXCLUDED)["RandomPassword"]
    secrets.put_secret_value(
        SecretId=secret,
        ClientRequestToken=version,
        SecretString=json.dumps({**login, "password": password}),
        VersionStages=["AWSPENDING"],
    )


def change(secret, version):
    """Tells the database, signed in with a password that it still takes."""
    pending = read(secret, "AWSPENDING", version)
    if connection := sign_in(pending):
        connection.close()
        return
    for stage in ("AWSCURRENT", "AWSPREVIOUS"):
        login = read(secret, stage)
        if not login:
            continue
        if any(login[key] != pending[key] for key in ("host", "port", "username")):
            raise ValueError("the next version is of another user or database")
        if connection := sign_in(login):
            with connection, connection.cursor() as cursor:
                cursor.execute("ALTER USER USER() IDENTIFIED BY %s", (pending["password"],))
            return
    raise ValueError("the database takes neither the current password nor the one before")


def test(secret, version):
    """Signs in with the next password."""
    connection = sign_in(read(secret, "AWSPENDING", version))
    if not connection:
        raise ValueError("the database does not take the next password")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def finish(secret, version):
    """Makes the pending version the current one."""
    versions = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
    current = next(other for other, stages in versions.items() if "AWSCURRENT" in stages)
    secrets.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
    )


STEPS = {"createSecret": create, "setSecret": change, "testSecret": test, "finishSecret": finish}


def read(secret, stage, version=None):
    """What a version says; nothing where there is none."""
    exactly = {"VersionId": version} if version else {}
    try:
        answer = secrets.get_secret_value(SecretId=secret, VersionStage=stage, **exactly)
    except secrets.exceptions.ResourceNotFoundException:
        return None
    return json.loads(answer["SecretString"])


def sign_in(login):
    """A connection, over TLS to the very host; nothing where the password is refused."""
    try:
        return pymysql.connect(
            host=login["host"],
            port=int(login["port"]),
            user=login["username"],
            password=login["password"],
            connect_timeout=5,
            ssl=ssl.create_default_context(cafile=AUTHORITIES),
        )
    except pymysql.OperationalError as error:
        if error.args[0] == ACCESS_DENIED:
            return None
        raise
