using System.Text.Json.Serialization;

namespace BuildData.Values;

/// <summary>The JSON of properties and of their values.</summary>
[JsonSerializable(typeof(Property))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
internal sealed partial class ValueJson : JsonSerializerContext;
