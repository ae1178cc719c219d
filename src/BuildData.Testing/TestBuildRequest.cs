namespace BuildData.Testing;

/// <summary>Holds the ids of the resources that <see cref="TestDataExtensions.AddTestBuildRequest"/> added.</summary>
/// <param name="BuilderId">The id of the builder.</param>
/// <param name="BuildsetId">The id of the buildset.</param>
/// <param name="BuildRequestId">The id of the build request.</param>
public sealed record TestBuildRequest(long BuilderId, long BuildsetId, long BuildRequestId);
