-- The new index buildrequests_waiting serves the same queries.
DROP INDEX buildrequests_claimable;
