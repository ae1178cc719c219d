-- The content is already compressed. Another compression would only take time.
ALTER TABLE log_chunks ALTER COLUMN content SET STORAGE EXTERNAL;
