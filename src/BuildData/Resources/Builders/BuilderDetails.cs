namespace BuildData.Resources.Builders;

/// <summary>Represents the need to read a builder that the update locks, with its tags.</summary>
internal sealed record BuilderDetails(long BuilderId);
