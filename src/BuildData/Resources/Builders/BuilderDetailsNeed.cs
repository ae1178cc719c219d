namespace BuildData.Resources.Builders;

/// <summary>Represents the need of an update to read a builder and its tags. The update also locks the builder.</summary>
internal sealed record BuilderDetailsNeed(long BuilderId);
