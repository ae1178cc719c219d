namespace BuildData.Torture.Fuzzing;

/// <summary>A part of the library that reads what strangers send, and its promise.</summary>
internal interface IFuzzTarget : IAsyncDisposable
{
    /// <summary>Gets the texts that inputs often contain. The mutations insert them.</summary>
    IReadOnlyList<string> Words { get; }

    /// <summary>Gets inputs to begin with.</summary>
    IEnumerable<byte[]> Seeds { get; }

    /// <summary>Opens what the inputs are sent to.</summary>
    Task Open();

    /// <summary>Sends an input. An exception that the documentation does not name is a fault, and leaves this method.</summary>
    Task Run(byte[] input);

    /// <summary>Sends an input to what would take too long for every input. Called for those that reach new code.</summary>
    Task RunThoroughly(byte[] input);
}
