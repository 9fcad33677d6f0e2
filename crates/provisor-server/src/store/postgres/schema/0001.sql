-- What a service keeps, for any number of ID scopes and replicas.
--
-- Every table begins with (scope, id), so that an engine which shards by both has all of a registration on
-- one shard, and a registration is decided by a compare-and-swap on one row. Texts are compared by bytes.

CREATE TABLE schema_version (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (scope, id)
);

-- One row for each scope: the version of what all requests share, and what shows whether the data key is
-- the right one.
CREATE TABLE service (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    probe bytea NOT NULL,
    PRIMARY KEY (scope, id)
);

-- One row for each registration ID: its lease, its individual enrollment, its record or tombstone, the
-- removals that are due, its challenge. A row is never deleted: the fence does not fall.
CREATE TABLE device (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    holder text NOT NULL,
    fence bigint NOT NULL,
    expires bigint NOT NULL,
    etag text,
    tag text,
    individual bytea,
    revision bigint NOT NULL DEFAULT 0,
    entry_fence bigint NOT NULL DEFAULT 0,
    registered boolean NOT NULL DEFAULT false,
    member text COLLATE "C",
    entry bytea,
    removals bytea,
    challenge bytea,
    challenge_until bigint NOT NULL DEFAULT 0,
    taken bigint,
    PRIMARY KEY (scope, id)
);

CREATE INDEX device_individual ON device (scope, id) WHERE individual IS NOT NULL;
CREATE INDEX device_registered ON device (scope, id) WHERE registered;
CREATE INDEX device_member ON device (scope, member, id) WHERE member IS NOT NULL;
CREATE INDEX device_due ON device (scope, id) WHERE removals IS NOT NULL;

-- CAs, groups, hubs, policies, the settings: id is kind/name. One that was deleted has no entity tag.
CREATE TABLE shared (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    name text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    etag text,
    tag text,
    counted text,
    sealed bytea,
    PRIMARY KEY (scope, id)
);

CREATE INDEX shared_version ON shared (scope, version);

-- Who refers to a CA: id is ca/table/name.
CREATE TABLE ca_use (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    ca text COLLATE "C" NOT NULL,
    PRIMARY KEY (scope, id)
);

CREATE INDEX ca_use_ca ON ca_use (scope, ca);

-- How many there are, in parts that are added up, so that no two registrations wait for one row.
CREATE TABLE tally (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    counted text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (scope, id)
);

-- What was counted, beside what it was counted for.
CREATE TABLE metering (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    day bigint NOT NULL,
    instruction text NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (scope, id, day, instruction)
);

CREATE INDEX metering_day ON metering (scope, day);

CREATE TABLE audit (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    entry bytea NOT NULL,
    PRIMARY KEY (scope, id, number)
);

CREATE INDEX audit_number ON audit (scope, number);
CREATE INDEX audit_at ON audit (scope, at);

-- Documents of other rooms. One that was removed has no content, so that its version goes on.
CREATE TABLE document (
    scope text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    sealed bytea,
    PRIMARY KEY (scope, id)
);
