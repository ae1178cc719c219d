namespace BuildData.Testing;

/// <summary>Holds the ids of the resources that <see cref="TestDataExtensions.AddTestBuild"/> added.</summary>
/// <param name="BuilderId">The id of the builder.</param>
/// <param name="WorkerId">The id of the worker.</param>
/// <param name="BuildsetId">The id of the buildset.</param>
/// <param name="BuildRequestId">The id of the build request.</param>
/// <param name="BuildId">The id of the build.</param>
/// <param name="Number">The number of the build within its builder, from 1.</param>
public sealed record TestBuild(long BuilderId, long WorkerId, long BuildsetId, long BuildRequestId, long BuildId, long Number);
