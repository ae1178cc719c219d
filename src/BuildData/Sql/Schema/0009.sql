-- The newest buildsets and build requests with a result, such as the failures. Most succeed, so the indexes are small.
CREATE INDEX buildsets_by_result ON buildsets (results, id) WHERE results > 0;
CREATE INDEX buildrequests_by_result ON buildrequests (results, id) WHERE results > 0;
