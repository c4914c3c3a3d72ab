using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ImOrleans.Grains.Delivery;

/// <summary>How grains deliver to gateways.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Delivery";

    /// <summary>Items that wait for one gateway in one grain.</summary>
    /// <remarks>
    /// <b>Default:</b> 4096. Beyond it the least urgent messages go; when only items are left that must arrive, the
    /// gateway's registration is given up, and the gateway registers anew.
    /// </remarks>
    [Range(1, 1 << 20)]
    public int QueueItemsMax { get; set; } = 4096;

    /// <summary>Bytes that wait for one gateway in one grain.</summary>
    /// <remarks><b>Default:</b> 4 MiB. See <see cref="QueueItemsMax"/>.</remarks>
    [Range(64 * 1024, int.MaxValue)]
    public int QueueBytesMax { get; set; } = 4 * 1024 * 1024;

    /// <summary>Items that leave in one call.</summary>
    /// <remarks><b>Default:</b> 256.</remarks>
    [Range(1, 4096)]
    public int BatchItemsMax { get; set; } = 256;

    /// <summary>How long to wait before a batch is repeated for the first time; doubles with each repeat.</summary>
    /// <remarks><b>Default:</b> 100 ms.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryPauseMin { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before a repeat; also the wait when the gateway is not to be found.</summary>
    /// <remarks><b>Default:</b> 2 s.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryPauseMax { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an activation that ends waits until its gateways know.</summary>
    /// <remarks><b>Default:</b> 1 s.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan ClosingWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a grain asks whether its gateways are still alive.</summary>
    /// <remarks><b>Default:</b> 5 s. <b>Cost:</b> one timer tick a grain with sessions.</remarks>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:05:00")]
    public TimeSpan LeaseCheckPeriod { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Checks <see cref="DeliveryOptions"/> when the host starts.</summary>
[OptionsValidator]
public sealed partial class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>;
