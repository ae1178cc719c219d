INSERT INTO fruits (name, seeds) VALUES ('apple', 10);
