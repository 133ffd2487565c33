"""What the functions of the database recipes do, against doubles of boto3 and PyMySQL.

A double of MySQL knows users and their passwords; one of Secrets Manager knows versions and their stages.
"""

import importlib.util
import json
import os
import pathlib
import ssl
import sys
import types
import unittest

FUNCTIONS = pathlib.Path(__file__).parents[3] / "stacks/cookbook/databases/functions"


class OperationalError(Exception):
    pass


class Database:
    """MySQL: who may sign in, and what was run."""

    def __init__(self):
        self.passwords, self.ran, self.connected, self.down = {}, [], [], False

    def connect(self, **options):
        if self.down:
            raise OperationalError(2003, "cannot connect")
        self.connected.append(options)
        if self.passwords.get(options["user"]) != options["password"]:
            raise OperationalError(1045, "Access denied")
        return Connection(self, options["user"])


class Connection:
    def __init__(self, database, user):
        self.database, self.user, self.row = database, user, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        pass

    def cursor(self):
        return self

    def execute(self, sql, arguments=None):
        self.database.ran.append(sql)
        if sql.startswith("ALTER USER USER()"):
            (self.database.passwords[self.user],) = arguments

    def fetchone(self):
        return {"SELECT CURRENT_USER(), VERSION()": ("admin@%", "8.4.8")}.get(self.database.ran[-1], (3,))

    def fetchall(self):
        return [("customers",)]


class NotFound(Exception):
    pass


class Secrets:
    """Secrets Manager: versions of one secret, and where their stages are."""

    exceptions = types.SimpleNamespace(ResourceNotFoundException=NotFound)

    def __init__(self, password):
        self.values = {"first": {"username": "admin", "password": password, "host": "db", "port": 3306, "dbname": "cookbook"}}
        self.stages = {"first": ["AWSCURRENT"]}
        self.rotated = True

    def begin(self, version):
        self.stages[version] = ["AWSPENDING"]

    def describe_secret(self, SecretId):
        stages = {version: list(stages) for version, stages in self.stages.items()}
        return {"RotationEnabled": self.rotated, "VersionIdsToStages": stages}

    def get_secret_value(self, SecretId, VersionStage="AWSCURRENT", VersionId=None):
        for version, stages in self.stages.items():
            if VersionStage in stages and version in self.values and VersionId in (None, version):
                return {"SecretString": json.dumps(self.values[version])}
        raise NotFound()

    def get_random_password(self, PasswordLength, ExcludeCharacters):
        assert set('/@" ') <= set(ExcludeCharacters), "RDS refuses these"
        return {"RandomPassword": f"generated-{len(self.values)}"}

    def put_secret_value(self, SecretId, ClientRequestToken, SecretString, VersionStages):
        self.values[ClientRequestToken] = json.loads(SecretString)
        self.stages[ClientRequestToken] = VersionStages

    def update_secret_version_stage(self, SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId):
        for stages in self.stages.values():
            if "AWSPREVIOUS" in stages:
                stages.remove("AWSPREVIOUS")
        self.stages[RemoveFromVersionId].remove(VersionStage)
        self.stages[RemoveFromVersionId].append("AWSPREVIOUS")
        self.stages[MoveToVersionId].append(VersionStage)


class Case(unittest.TestCase):
    def setUp(self):
        self.database, self.secrets = Database(), Secrets("old")
        self.database.passwords["admin"] = "old"
        self.clients = {"secretsmanager": self.secrets}
        sys.modules["boto3"] = types.SimpleNamespace(client=lambda name: self.clients[name])
        sys.modules["pymysql"] = types.SimpleNamespace(connect=self.database.connect, OperationalError=OperationalError)
        # It leaves no mark on this process's own.
        self.addCleanup(os.environ.update, dict(os.environ))

    def load(self, name):
        spec = importlib.util.spec_from_file_location(name, FUNCTIONS / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        # What lies in the layer.
        module.AUTHORITIES = FUNCTIONS.parent / "authorities/rds-ca.pem"
        return module

    def assert_checks_certificates(self):
        self.assertTrue(self.database.connected)
        for options in self.database.connected:
            tls = options["ssl"]
            self.assertTrue(tls.check_hostname and tls.verify_mode == ssl.CERT_REQUIRED)
            names = [dict(part for (part,) in known["subject"])["commonName"] for known in tls.get_ca_certs()]
            self.assertIn("Amazon RDS us-east-1 Root CA RSA2048 G1", names)


class Rotation(Case):
    STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]

    def setUp(self):
        super().setUp()
        self.function = self.load("rotate")

    def step(self, step, version="second"):
        self.function.handler({"SecretId": "secret", "ClientRequestToken": version, "Step": step}, None)

    def current(self):
        return json.loads(self.secrets.get_secret_value("secret")["SecretString"])

    def test_the_four_steps_give_database_and_secret_a_new_password(self):
        self.secrets.begin("second")
        for step in self.STEPS:
            self.step(step)
        self.assertEqual(self.current(), {**self.secrets.values["first"], "password": "generated-1"})
        self.assertEqual(self.database.passwords["admin"], "generated-1")
        self.assertEqual(self.secrets.stages["first"], ["AWSPREVIOUS"])
        self.assert_checks_certificates()

    def test_each_step_can_be_asked_for_again(self):
        self.secrets.begin("second")
        for step in self.STEPS:
            self.step(step)
            self.step(step)
        self.assertEqual(self.current()["password"], self.database.passwords["admin"])
        self.assertEqual(self.current()["password"], "generated-1")
        self.assertEqual(sum(sql.startswith("ALTER") for sql in self.database.ran), 1)

    def test_the_previous_password_does_where_the_current_one_is_refused(self):
        self.secrets.values["newer"] = {**self.secrets.values["first"], "password": "never set"}
        self.secrets.stages.update({"first": ["AWSPREVIOUS"], "newer": ["AWSCURRENT"]})
        self.secrets.begin("second")
        self.step("createSecret")
        self.step("setSecret")
        self.assertEqual(self.database.passwords["admin"], self.secrets.values["second"]["password"])

    def test_a_database_that_takes_no_known_password_is_told(self):
        self.database.passwords["admin"] = "set by hand"
        self.secrets.begin("second")
        self.step("createSecret")
        with self.assertRaisesRegex(ValueError, "neither the current password nor the one before"):
            self.step("setSecret")
        with self.assertRaisesRegex(ValueError, "does not take the next password"):
            self.step("testSecret")

    def test_a_database_that_is_not_there_is_no_refused_password(self):
        self.secrets.begin("second")
        self.step("createSecret")
        self.database.down = True
        with self.assertRaises(OperationalError):
            self.step("setSecret")

    def test_a_pending_version_for_another_host_is_refused(self):
        self.secrets.begin("second")
        self.step("createSecret")
        self.secrets.values["second"]["host"] = "elsewhere"
        with self.assertRaisesRegex(ValueError, "another user or database"):
            self.step("setSecret")
        self.assertEqual(self.database.passwords["admin"], "old")

    def test_versions_that_are_not_the_next_one_are_refused(self):
        with self.assertRaisesRegex(ValueError, "no such version"):
            self.step("createSecret")
        self.secrets.stages["stray"] = ["MINE"]
        with self.assertRaisesRegex(ValueError, "not the next one"):
            self.step("createSecret", "stray")
        self.secrets.begin("second")
        self.secrets.rotated = False
        with self.assertRaisesRegex(ValueError, "not rotated"):
            self.step("createSecret")

    def test_no_password_is_logged(self):
        self.secrets.begin("second")
        with self.assertLogs() as logged:
            for step in self.STEPS:
                self.step(step)
        for password in ("old", "generated-1"):
            self.assertNotIn(password, "".join(logged.output))


class App(Case):
    def setUp(self):
        super().setUp()
        names = {"DB_HOST": "proxy", "DB_PORT": "3306", "DB_USER": "admin", "DB_NAME": "cookbook", "BUCKET": "bucket"}
        os.environ.update(names)
        self.database.passwords["admin"] = "token of admin at proxy:3306"
        token = lambda DBHostname, Port, DBUsername: f"token of {DBUsername} at {DBHostname}:{Port}"
        self.clients["rds"] = types.SimpleNamespace(generate_db_auth_token=token)
        sql = (FUNCTIONS.parent / "rds_proxy/sample.sql").read_bytes()
        body = types.SimpleNamespace(read=lambda: sql)
        self.clients["s3"] = types.SimpleNamespace(get_object=lambda Bucket, Key: {"Body": body})
        self.function = self.load("db_app")

    def test_it_signs_in_with_a_token_over_tls(self):
        answer = self.function.handler({}, None)
        self.assertEqual(answer, {"user": "admin@%", "version": "8.4.8", "tables": ["customers"]})
        (options,) = self.database.connected
        self.assertTrue(options["ssl_ca"] and options["ssl_verify_cert"] and options["ssl_verify_identity"])

    def test_it_runs_the_statements_of_a_file_one_by_one(self):
        self.function.handler({"file": "sample.sql"}, None)
        create, fill = self.database.ran[:2]
        self.assertTrue(create.startswith("CREATE TABLE") and create.endswith(")"), create)
        self.assertTrue(fill.startswith("REPLACE INTO customers"), fill)


class Load(Case):
    def test_it_fills_the_database_of_the_secret(self):
        os.environ["SECRET_ARN"] = "secret"
        self.assertEqual(self.load("load").handler({}, None), {"customers": 3, "orders": 3})
        self.assertEqual(self.database.connected[0]["database"], "cookbook")
        self.assert_checks_certificates()
