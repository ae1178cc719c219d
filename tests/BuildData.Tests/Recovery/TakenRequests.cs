namespace BuildData.Tests;

/// <summary>Adds waiting build requests, and asserts how workers have taken them.</summary>
internal static class TakenRequests
{
    private const int Priorities = 10;

    /// <summary>Adds build requests of one builder with different priorities.</summary>
    public static async Task Add(Updates updates, string builderName, int count)
    {
        long builder = await updates.FindBuilderId(builderName);
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, _) =>
            await updates.AddBuildset(builderIds: [builder], priority: i % Priorities, cancellationToken: CancellationToken.None));
    }

    /// <summary>Asserts that each request was taken once, and in the order of priorities apart from the callers that compete at the same time.</summary>
    /// <param name="taken">The taken requests.</param>
    /// <param name="count">The number of requests that were added.</param>
    /// <param name="callers">The number of callers.</param>
    public static void ShouldBeComplete(IReadOnlyCollection<(long RequestId, long Priority, long Number)> taken, int count, int callers)
    {
        taken.Select(request => request.RequestId).Distinct().Should().HaveCount(count);
        taken.Should().HaveCount(count);
        taken.Select(request => request.Number).Order().Should().Equal(Enumerable.Range(1, count).Select(number => (long)number));

        // The requests of each priority would have these places without any race.
        int each = count / Priorities;
        foreach ((long id, long priority, long number) in taken)
        {
            long first = ((Priorities - 1 - priority) * each) + 1;
            number.Should().BeInRange(first - callers, first + each - 1 + callers, "request {0} has the priority {1}", id, priority);
        }
    }
}
