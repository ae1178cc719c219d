namespace BuildData.Testing;

/// <summary>Adds the data that a test needs before the test runs the code under test. Works with the updates of any master.</summary>
public static class TestDataExtensions
{
    /// <summary>
    /// Adds a waiting build request, with its builder and its buildset, in one transaction. The added request replaces no other request.
    /// </summary>
    /// <param name="updates">The update methods of a master. The update methods of a transaction are not allowed.</param>
    /// <param name="builder">The name of the builder. The builder is added if it does not exist.</param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <returns>The ids.</returns>
    public static Task<TestBuildRequest> AddTestBuildRequest(
        this Updates updates, string builder = "builder", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        return updates.Transaction(transaction => AddRequest(transaction, builder), cancellationToken);
    }

    /// <summary>
    /// Adds a build, with its builder, worker, buildset and claimed build request, in one transaction. Because of the single transaction, a
    /// scheduler under test never sees the request in the waiting state.
    /// </summary>
    /// <param name="updates">The update methods of a master. The update methods of a transaction are not allowed.</param>
    /// <param name="builder">The name of the builder. The builder is added if it does not exist.</param>
    /// <param name="worker">The name of the worker. The worker is added if it does not exist.</param>
    /// <param name="results">
    /// Null if the build is to be running. Otherwise the build finishes with this result, and its request and its buildset complete.
    /// </param>
    /// <param name="cancellationToken">Cancels the transaction.</param>
    /// <returns>The ids.</returns>
    public static Task<TestBuild> AddTestBuild(
        this Updates updates,
        string builder = "builder",
        string worker = "worker",
        BuildResult? results = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(updates);
        return updates.Transaction(transaction => AddBuild(transaction, builder, worker, results), cancellationToken);
    }

    private static async Task<TestBuild> AddBuild(Updates transaction, string builder, string worker, BuildResult? results)
    {
        TestBuildRequest request = await AddRequest(transaction, builder).ConfigureAwait(false);
        long workerId = await transaction.FindWorkerId(worker).ConfigureAwait(false);
        // No other caller knows the request yet, so it can always be claimed and completed.
        _ = await transaction.ClaimBuildRequests([request.BuildRequestId]).ConfigureAwait(false);
        AddedBuild build = await transaction.AddBuild(request.BuilderId, request.BuildRequestId, workerId).ConfigureAwait(false);
        if (results is { } result)
        {
            await transaction.FinishBuild(build.BuildId, result).ConfigureAwait(false);
            _ = await transaction.CompleteBuildRequests([request.BuildRequestId], result).ConfigureAwait(false);
        }

        return new TestBuild(request.BuilderId, workerId, request.BuildsetId, request.BuildRequestId, build.BuildId, build.Number);
    }

    // A buildset without source stamps does not replace the requests of others.
    private static async Task<TestBuildRequest> AddRequest(Updates transaction, string builder)
    {
        long builderId = await transaction.FindBuilderId(builder).ConfigureAwait(false);
        AddedBuildset buildset = await transaction.AddBuildset(builderIds: [builderId]).ConfigureAwait(false);
        return new TestBuildRequest(builderId, buildset.BuildsetId, buildset.BuildRequestIds[builderId]);
    }
}
