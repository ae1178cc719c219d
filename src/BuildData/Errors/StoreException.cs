namespace BuildData;

/// <summary>
/// The store could not do what was asked: the disk is full, the file is no database, the directory can't be written.
/// The driver's error is the <see cref="Exception.InnerException"/>. An update that fails with it has left nothing behind, unless
/// <see cref="IsOutcomeUnknown"/> is true.
/// </summary>
public class StoreException : BuildDataException
{
    /// <summary>Thrown by stores.</summary>
    public StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>
    /// Gets whether nobody knows if the update is stored, because the disk or the connection failed during its commit. Read the
    /// state before you try again.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
