using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>Provides the JSON metadata of properties, and of the C# types that convert to their values.</summary>
[JsonSerializable(typeof(Property))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
internal sealed partial class PropertyJsonContext : JsonSerializerContext;
