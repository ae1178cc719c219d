INSERT INTO fruits (name, seeds) VALUES ('Pear', 8000000000);
