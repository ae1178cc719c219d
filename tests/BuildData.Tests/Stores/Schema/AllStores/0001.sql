CREATE TABLE fruits (
    id {id},
    name {text} NOT NULL,
    seeds {integer} NOT NULL
);
