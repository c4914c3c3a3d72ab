CREATE TABLE imorleans_channel_message (
    channel_type smallint NOT NULL,
    channel text COLLATE "C" NOT NULL,
    sent_at bigint NOT NULL,
    epoch bigint NOT NULL,
    position bigint NOT NULL,
    publisher text COLLATE "C" NOT NULL,
    message_type smallint NOT NULL,
    custom_type bytea,
    payload bytea NOT NULL,
    PRIMARY KEY (channel_type, channel, sent_at)
);
CREATE INDEX imorleans_channel_message_by_age ON imorleans_channel_message (sent_at);
