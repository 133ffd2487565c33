-- db_user signs in with tokens of IAM's, over TLS alone, and reads.
CREATE USER IF NOT EXISTS 'db_user'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL;
GRANT SELECT ON cookbook.* TO 'db_user'@'%';
